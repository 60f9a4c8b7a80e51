"""SuperOffice CRM Online: companies, products, and sales with their quotes."""
