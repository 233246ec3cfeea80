{
    "name": "Customer Lifecycle",
    "summary": "Every customer has a stage decided from real purchases, and says why",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "CX Lifecycle contributors",
    "depends": ["sale_crm"],
    "external_dependencies": {"python": ["python-dateutil"]},
    "data": [],
    "assets": {
        "web.assets_backend": ["cx_lifecycle/static/src/**/*"],
        "web.assets_unit_tests": ["cx_lifecycle/static/tests/*.test.js"],
    },
    "application": True,
}
