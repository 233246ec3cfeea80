from . import cx_customer
