"""What every client shares: a count of what held."""

import sys
import traceback


def run(checks) -> None:
    """Runs each check, names those that do not hold, and ends with the count."""
    passed = failed = 0
    for check in checks:
        try:
            check()
        except Exception as error:
            failed += 1
            print(f"FAIL   {check.__name__} -- {type(error).__name__}: {error}")
            traceback.print_exc(limit=-2)
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)


def same(found, wanted, what: str) -> None:
    """Fails, and says how the two differ, unless they are equal."""
    if found == wanted:
        return
    if isinstance(found, (list, set)) and isinstance(wanted, (list, set)):
        extra = [item for item in found if item not in wanted]
        lacking = [item for item in wanted if item not in found]
        raise AssertionError(
            f"{what}: {len(found)} found, {len(wanted)} wanted; "
            f"not wanted: {extra[:5]}; not found: {lacking[:5]}"
        )
    raise AssertionError(f"{what}: found {found!r}, wanted {wanted!r}")
