"""SuperOffice CRM Online for one tenant: REST, archives and the Quote agents."""

from sandbox.superoffice.server import SuperOffice

__all__ = ["SuperOffice"]
