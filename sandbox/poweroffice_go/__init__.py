"""PowerOffice GO, API v2, as the vendor's documents and its users describe it."""

from sandbox.poweroffice_go.server import PowerOfficeGo

__all__ = ["PowerOfficeGo"]
