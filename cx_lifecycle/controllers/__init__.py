from . import export
from . import personal
