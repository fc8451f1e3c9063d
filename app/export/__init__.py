"""Tables into files: CSV, Excel, Parquet. A file is whole or it is not there: what was there before stays until the
new one is written.
"""

from app.export.formats import FORMATS, Format, format_of, write_sheet
from app.export.portions import Watch
from app.export.whole import ExportRefused

__all__ = ["FORMATS", "ExportRefused", "Format", "Watch", "format_of", "write_sheet"]
