"""Every page, dialog and state that is drawn, by name."""

from collections.abc import Callable

from tests.screens.afterwards_scenes import AFTERWARDS_SCENES
from tests.screens.board_scenes import BOARD_SCENES
from tests.screens.check_scenes import CHECK_SCENES
from tests.screens.cutover_scenes import CUTOVER_SCENES
from tests.screens.details_scenes import DETAILS_SCENES
from tests.screens.retry_scenes import RETRY_SCENES
from tests.screens.scene import Scene
from tests.screens.scenes import BASIC_SCENES
from tests.screens.secrets_scenes import SECRETS_SCENES
from tests.screens.wizard_scenes import WIZARD_SCENES

SCENES: dict[str, Callable[[int, int], Scene]] = {
    **BASIC_SCENES,
    **WIZARD_SCENES,
    **CHECK_SCENES,
    **SECRETS_SCENES,
    **BOARD_SCENES,
    **RETRY_SCENES,
    **DETAILS_SCENES,
    **AFTERWARDS_SCENES,
    **CUTOVER_SCENES,
}
"""Each makes a picture of the given width and height."""
