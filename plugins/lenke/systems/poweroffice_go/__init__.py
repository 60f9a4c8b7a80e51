"""PowerOffice GO, API v2: customers, products and sales orders of an accounting system."""
