from . import mailing_mailing_test
