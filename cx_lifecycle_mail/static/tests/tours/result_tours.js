import { registry } from "@web/core/registry";

/** What a campaign earned: read the verdict, look at who is behind a number, add up anew. */

const ENGLISH = { tab: "Result", verdict: "Nobody is held out", early: "Too early: the first window" };
const FRENCH = {
    tab: "Résultat",
    verdict: "Personne n’est tenu à l’écart",
    early: "Trop tôt : la première fenêtre",
};

const add = (name, steps) => registry.category("web_tour.tours").add(name, { steps });
const number = (code, value) => `.o_cx_result [data-code='${code}']:contains(${value})`;

const read = (words) => [
    { content: "the result", trigger: `.nav-link:contains(${words.tab})`, run: "click" },
    {
        content: "nothing was added up, and nobody held out",
        trigger: `.o_cx_result_verdict[data-verdict=nobody]:contains(${words.verdict})`,
    },
    { content: "add up", trigger: ".o_cx_result button.btn-sm", run: "click" },
    {
        content: "now there are some, and the window of those held out is open",
        trigger: `.o_cx_result_verdict[data-verdict=early]:contains(${words.early})`,
    },
    { trigger: number("participants treated", 2) },
    { content: "who bought", trigger: number("buyers treated", 1), run: "click" },
    {
        content: "the one who did",
        trigger: ".o_list_view .o_data_row:contains(Epsilon Tours)",
    },
    { trigger: ".o_list_view:not(:contains(Omega Tours))" },
    { content: "back", trigger: ".o_back_button", run: "click" },
    { content: "the result", trigger: `.nav-link:contains(${words.tab})`, run: "click" },
    { trigger: ".o_cx_result_verdict[data-verdict=early]" },
];

add("cx_campaign_result", () => read(ENGLISH));
add("cx_campaign_result_fr", () => read(FRENCH));
