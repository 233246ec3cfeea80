{
    "name": "Customer Lifecycle Campaigns",
    "summary": "Write to customers by their lifecycle stage",
    "version": "19.0.1.0.0",
    "category": "Marketing/Email Marketing",
    "license": "LGPL-3",
    "author": "CX Lifecycle contributors",
    "depends": ["cx_lifecycle", "mass_mailing", "survey"],
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/ir_cron.xml",
        "data/mailing_filter.xml",
        "views/activity_summary.xml",
        "views/cx_customer_views.xml",
    ],
}
