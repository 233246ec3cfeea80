"""A short word on the screen, after a button did its work."""

CLOSE = {"type": "ir.actions.act_window_close"}


def notice(message, then=None, **params):
    """The action that shows it.

    :param dict then: action that follows, for instance ``CLOSE``
    :param params: others of Odoo's: ``title``, ``type`` where it is no success
    """
    params = {"type": "success", "message": message, **params}
    if then:
        params["next"] = then
    return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
