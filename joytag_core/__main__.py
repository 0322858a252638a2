"""Where does `python -m joytag_core` begin?"""

from .cli import main

raise SystemExit(main())
