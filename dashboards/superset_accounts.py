"""Superset's security manager: strong passwords whichever way they are set, and few wrong ones."""

# mypy: ignore-errors
# (Superset is installed in its own environment, where the type checker does not look.)

from __future__ import annotations

from flask import Response, g, has_request_context, jsonify, request
from flask_appbuilder.exceptions import PasswordComplexityValidationError
from superset.security import SupersetSecurityManager

from dashboards.login_limit import LoginLimit
from dashboards.passwords import WEAK, is_strong

TOO_MANY = "登录失败次数过多，请在 {seconds} 秒后再试（LOGIN_LOCKED）"
LIMIT = "LOGIN_LIMIT"


def require_strong(password: str) -> None:
    """For FAB_PASSWORD_COMPLEXITY_VALIDATOR: forms and API."""
    if not is_strong(password):
        raise PasswordComplexityValidationError(WEAK)


class SecurityManager(SupersetSecurityManager):
    """The command line sets passwords through these methods, forms and API log in through them."""

    def reset_password(self, userid, password):
        require_strong(password)
        return super().reset_password(userid, password)

    def add_user(self, username, *args, password="", hashed_password="", **kwargs):
        if password and not hashed_password:
            require_strong(password)
        return super().add_user(username, *args, password=password, hashed_password=hashed_password, **kwargs)

    def auth_user_db(self, username, password):
        from flask import current_app

        if not has_request_context() or not username:
            return super().auth_user_db(username, password)
        limit: LoginLimit = current_app.config[LIMIT]
        account, address = self._account(username), request.remote_addr or ""
        wait = limit.attempt(account, address)
        if wait:
            g.login_wait = wait
            return None
        user = super().auth_user_db(username, password)
        if user is not None:
            limit.succeeded(account, address)
        return user

    def _account(self, username):
        """The user's number, so that name and e-mail address are not two accounts."""
        user = self.find_user(username=username) or self.find_user(email=username)
        return f"#{user.id}" if user else username.strip().lower()


def answer_locked(response: Response) -> Response:
    """After a request: say 429 and the seconds instead of "wrong password"."""
    wait = g.pop("login_wait", None)
    if wait is None:
        return response
    text = TOO_MANY.format(seconds=wait)
    told = jsonify(message=text) if request.is_json else Response(text, mimetype="text/plain; charset=utf-8")
    told.status_code = 429
    told.headers["Retry-After"] = str(wait)
    return told
