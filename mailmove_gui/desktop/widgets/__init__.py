"""Building blocks of pages: what is painted by ourselves, and arranged the same way everywhere."""
