"""``python -m lenke``."""

from lenke.cli import main

if __name__ == "__main__":
    main()
