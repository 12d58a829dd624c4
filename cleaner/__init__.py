"""Clean, whole, coherent documents out of damaged web text; see README.md."""

from cleaner.document import Change, Document, Edit, Keep, Piece, Put, Reason
from cleaner.filter import Evidence, editor, scorer
from cleaner.kernels.text import Class
from cleaner.pipeline import Pipeline, clean
from cleaner.verdict import Limit

__version__ = "0.1.0"

__all__ = [
    "Change",
    "Class",
    "Document",
    "Edit",
    "Evidence",
    "Keep",
    "Limit",
    "Piece",
    "Pipeline",
    "Put",
    "Reason",
    "clean",
    "editor",
    "scorer",
]
