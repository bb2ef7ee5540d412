"""`python -m amimodel`: audit an inventory, or explain who may launch an image."""

import sys

from amimodel._cli import main

if __name__ == "__main__":
    sys.exit(main())
