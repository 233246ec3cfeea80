{
    "name": "Customer Lifecycle Campaigns",
    "summary": "Write to customers by their lifecycle stage",
    "version": "19.0.1.0.0",
    "category": "Marketing/Email Marketing",
    "license": "LGPL-3",
    "author": "CX Lifecycle contributors",
    "depends": ["cx_lifecycle", "mass_mailing", "survey"],
    "data": ["data/mailing_filter.xml", "views/cx_customer_views.xml"],
}
