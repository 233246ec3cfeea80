from . import campaign_file, main
