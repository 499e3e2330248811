"""The second factor: codes of an authenticator, each taken once, and none after too many wrong ones.

The sign-in library runs it (who needs it is said in `store.accounts`); here is what it leaves to its user.
"""

import hashlib
import hmac
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security import TwoFactorRescueForm, TwoFactorSetupForm
from flask_security.totp import Totp
from passlib.totp import TokenError  # type: ignore[import-untyped]
from wtforms import HiddenField

from traceability.services import people
from traceability.web.guard import moment, note

ISSUER = "Duyun Maojian"

#: The library has this in English only.
CONFIRMED = _l("验证码正确。")


def sealing_key(secret: str) -> str:
    """The key under which the keys of authenticators are kept, derived from the session secret."""
    return hmac.new(secret.encode(), b"second factor", hashlib.sha256).hexdigest()


class SetupForm(TwoFactorSetupForm):
    """There is one way, so nothing has to be chosen; nobody who needs a second factor can do without."""

    setup = HiddenField()


class RescueForm(TwoFactorRescueForm):
    """The library builds it beside the code; whoever lost their authenticator turns to an administrator."""

    help_setup = HiddenField()


class Codes(Totp):
    """Codes of RFC 6238 as it asks for them: of one step a code is taken once."""

    def sealed(self, key: str) -> str:
        """A key somebody holds already (base 32), as it is kept."""
        return str(self._totp(key=key).to_json(encrypt=True))

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """Whether this is the code of now, or of one step before or after."""
        if user.shut_out(moment()):
            return False
        used = user.tf_last_counter if totp_secret == user.tf_totp_secret else None
        try:
            match = self._totp.verify(token, totp_secret, window=window, last_counter=used)
        except TokenError:
            with note() as work:
                people.count_wrong_code(work, user=user.id, now=moment())
            return False
        user.tf_last_counter, user.tf_wrong_codes = match.counter, None
        return True
