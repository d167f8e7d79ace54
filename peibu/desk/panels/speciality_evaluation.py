"""The panel of an application, whatever process a policy evaluates it by."""

from peibu.desk.panels.provider_application import TEMPLATE, context

__all__ = ["TEMPLATE", "context"]
