import { router } from "@web/core/browser/router";
import { Domain } from "@web/core/domain";
import { SearchModel } from "@web/search/search_model";

const NOTHING = "[]";

/** A search bar that an address fills: what was searched travels with the link. */
export class PortfolioSearchModel extends SearchModel {
    async load(config) {
        await super.load(config);
        /** What is searched for when the address says nothing. */
        this.usual = config.state ? (config.state.usual ?? NOTHING) : this.searched;
        const { search } = router.current;
        if (!config.state && search !== undefined) {
            await this.restore(String(search));
        }
    }

    exportState() {
        return { ...super.exportState(), usual: this.usual };
    }

    /** @param {string} text a domain, as `searched` gives it */
    async restore(text) {
        let domain;
        try {
            domain = new Domain(text);
            domain.toList(this.domainEvalContext);
        } catch {
            this.isUnreadable = true;
            return;
        }
        this.blockNotification = true;
        this.clearQuery();
        this.blockNotification = false;
        this._reset();
        if (domain.toString() !== NOTHING) {
            try {
                await this.splitAndAddDomain(domain.toString());
            } catch {
                this.isUnreadable = true;
            }
        }
    }

    /** The domain that is searched for, without what the action itself asks. */
    get searched() {
        return new Domain(this._getDomain({ withGlobal: false })).toString();
    }
}
