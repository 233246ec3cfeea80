"""Campaigns say on which legal basis they write; an upgrade changes nobody's mails.

What was marked as no advertising is the basis "service". The others have none until somebody
chooses one, and go on as they did. Nor do months without a sign of life count in companies that
there are: a new setting, to be chosen.
"""


def migrate(cr, version):
    cr.execute("ALTER TABLE cx_campaign ADD COLUMN legal_basis varchar")
    cr.execute("COMMENT ON COLUMN cx_campaign.legal_basis IS 'Legal Basis'")
    cr.execute("UPDATE cx_campaign SET legal_basis = 'service' WHERE transactional")
    cr.execute(
        """
        UPDATE cx_campaign_version
           SET definition = jsonb_set(
                   definition, '{campaign}', (definition -> 'campaign') - 'transactional'
                   || jsonb_build_object('legal_basis', CASE WHEN
                       (definition -> 'campaign' ->> 'transactional')::boolean THEN 'service' END))
         WHERE definition -> 'campaign' ? 'transactional'
        """
    )
    cr.execute("ALTER TABLE res_company ADD COLUMN cx_contact_months integer DEFAULT 0")
    cr.execute("ALTER TABLE res_company ALTER COLUMN cx_contact_months DROP DEFAULT")
    cr.execute("COMMENT ON COLUMN res_company.cx_contact_months IS 'Months Without a Sign of Life'")
