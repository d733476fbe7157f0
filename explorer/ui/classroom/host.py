"""The host's password: compared in constant time, with limited tries, and remembered for the browser that gave it."""

import time
from collections import deque
from collections.abc import Callable
from hmac import compare_digest
from threading import Lock

from explorer.errors import UserError
from explorer.text import plural

TRIES_OF_ONE, TRIES_IN_ALL = 5, 50  # wrong passwords allowed within SECONDS: from one address, and in total
SECONDS = 600.0


class HostLogin:
    """Who has given the host's password on this server, and the recent wrong tries."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._hosts: set[str] = set()  # owners
        self._wrong: deque[tuple[float, str]] = deque()  # (time, address)

    def is_host(self, owner: str) -> bool:
        """Whether this owner has given the password since the server started."""
        return owner in self._hosts

    def log_in(self, owner: str, given: str, password: str, address: str) -> None:
        """Make the owner a host. Raises UserError if the password is wrong, or if there were too many wrong tries."""
        with self._lock:  # a thousand simultaneous tries run one after the other
            now = self._clock()
            while self._wrong and now - self._wrong[0][0] > SECONDS:
                self._wrong.popleft()
            left = TRIES_OF_ONE - sum(where == address for _, where in self._wrong)
            if left <= 0 or len(self._wrong) >= TRIES_IN_ALL:
                raise UserError(f"Too many wrong passwords: try again in {plural(round(SECONDS / 60), 'minute')}.")
            if not compare_digest(given.encode(errors="replace"), password.encode()):
                self._wrong.append((now, address))
                raise UserError(f"That is not the host's password. Tries left for now: {left - 1}.")
            self._hosts.add(owner)

    def log_out(self, owner: str) -> None:
        """Make the owner an ordinary visitor again."""
        self._hosts.discard(owner)


LOGIN = HostLogin()
