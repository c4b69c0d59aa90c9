"""What a hanzi is: said once, for all who ask."""

from __future__ import annotations

import re

HANZI = re.compile(r"[㐀-鿿]")
