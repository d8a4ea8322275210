"""`python -m passport`: the same as `badge-passport`."""

from passport.cli import main

if __name__ == "__main__":
    main()
