"""Where does `python -m joytag_core` begin?"""

from .cli.main import main

raise SystemExit(main())
