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
        "data/mailing_filter.xml",
        "views/cx_customer_views.xml",
        "views/mailing_mailing_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
