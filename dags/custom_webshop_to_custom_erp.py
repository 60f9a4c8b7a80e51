"""Custom Webshop and Custom ERP

Every customer, product and order of the webshop has its record in the ERP. Once two records are linked they stay in sync,
wherever either is edited. The properties are listed in `include/mappings/custom_webshop_to_custom_erp.yaml`.

An Airflow dag of Lenke: per flow the tasks extract, map, link_resolve, load and commit.
"""

from lenke.runtime.tasks import build_dag

dag = build_dag(__file__, __doc__)
