"""The WebUI's door: points to joytag_webui, where the work is."""

from modules import scripts

from joytag_webui.activation import activate
from joytag_webui.section import make_script

activate()
JoyTagScript = make_script(scripts.Script)
