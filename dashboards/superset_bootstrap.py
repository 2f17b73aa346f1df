"""Prepare Superset's metadata database in one process (run by Superset's own Python).

Same as `superset db upgrade`, `superset fab create-admin` and `superset init`, but the three
commands would import Superset three times, which is most of their time.
"""

# mypy: ignore-errors
# (Superset is installed in its own environment, where the type checker does not look.)

import os
import sys
from pathlib import Path

from flask_migrate import upgrade
from superset.app import create_app

sys.path.append(str(Path(__file__).resolve().parents[1]))

from foundation.secret_files import secret_setting


def _prepare_metadata() -> None:
    from superset import appbuilder, security_manager
    from superset.extensions import db
    from superset.utils.decorators import transaction

    @transaction()
    def sync_permissions() -> None:
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()

    upgrade()
    sync_permissions()
    # Without this the login page cannot fetch its Chinese texts and stays English.
    language = security_manager.add_permission_view_menu("can_language_pack", "Superset")
    security_manager.add_permission_role(security_manager.find_role("Public"), language)
    db.session.commit()


def _prepare_admin(user: str, password: str) -> None:
    from superset import security_manager

    existing = security_manager.find_user(username=user)
    if existing:
        security_manager.reset_password(existing.id, password)
        return
    created = security_manager.add_user(
        user, "三保障", "管理员", f"{user}@localhost", security_manager.find_role("Admin"), password=password
    )
    if not created:
        raise RuntimeError("Superset refused to create the administrator")


def main() -> int:
    app = create_app()
    with app.app_context():
        _prepare_metadata()
        _prepare_admin(os.environ["SANBAO_SUPERSET_USER"], secret_setting("SANBAO_SUPERSET_PASSWORD"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
