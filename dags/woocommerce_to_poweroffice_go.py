"""WooCommerce and PowerOffice GO

Every customer, product and order of the WooCommerce shop has its record in PowerOffice GO: customers and guests as persons, orders
with their lines, freight and fees. Once two records are linked they stay in sync, wherever either is edited. The properties are
listed in `include/mappings/woocommerce_to_poweroffice_go.yaml`.

An Airflow dag of Lenke: per flow the tasks extract, map, link_resolve, load and commit.
"""

from lenke.runtime.tasks import build_dag

dag = build_dag(__file__, __doc__)
