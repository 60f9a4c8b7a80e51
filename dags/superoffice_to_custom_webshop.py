"""SuperOffice and Custom Webshop

Every company, product and sale in SuperOffice has its record in the webshop. A sale, the alternative of its quote that counts and
that alternative's lines are one order. Once two records are linked they stay in sync, wherever either is edited; an offer that was
sent is left as it is until SuperOffice has a new version of it. The properties are listed in
`include/mappings/superoffice_to_custom_webshop.yaml`.

An Airflow dag of Lenke: per flow the tasks extract, map, link_resolve, load and commit.
"""

from lenke.runtime.tasks import build_dag

dag = build_dag(__file__, __doc__)
