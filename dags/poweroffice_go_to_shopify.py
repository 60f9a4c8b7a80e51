"""PowerOffice GO and Shopify

Every customer, product and sales order of PowerOffice GO has its record in the Shopify shop: people and companies as customers,
products as product variants, sales orders as orders with their lines. Once two records are linked they stay in sync, wherever either
is edited. The properties are listed in `include/mappings/poweroffice_go_to_shopify.yaml`.

An Airflow dag of Lenke: per flow the tasks extract, map, link_resolve, load and commit.
"""

from lenke.runtime.tasks import build_dag

dag = build_dag(__file__, __doc__)
