"""
What Terraform functions may read: files inside the scanned tree, seen from the root module.
"""

from __future__ import annotations

import fnmatch
import posixpath
from typing import TYPE_CHECKING
