"""Every member that PowerOffice GO's objects serve, null: names from the vendor's OpenAPI document (CustomerDto and so on)."""

from __future__ import annotations

from sandbox.seed.model import Body


def _blank(names: str) -> Body:
    return dict.fromkeys(names.split())


CUSTOMER = _blank("""
Id Number Name LegalName FirstName LastName IsPerson OrganizationNumber EmailAddress InvoiceEmailAddress InvoiceEmailAddressCC
PaymentReminderEmailAddress PhoneNumber WebsiteUrl MailAddress ExternalImportReference ExternalNumber CurrencyCode IsVatFree IsArchived
IsActive InvoiceDeliveryType DateOfBirth NationalIdNumber PaymentTermId PaymentTerm DeliveryTermId DeliveryTerm DepartmentId
DepartmentCode SalesPersonEmployeeId SalesPersonEmployeeNumber InvoiceBrandingThemeId InvoiceBrandingThemeCode ContactGroupIds Allowance
BillableRate CustomerSince DoNotAddLatePaymentFees DoNotAddLatePaymentInterest DoNotAutomatePaymentNotifications
NoticeOfDebtCollectionDeliveryType ReminderDeliveryType SendPaymentReminders TransferToDebtCollectionAgency UseInvoiceFee
SubledgerAccountId CreatedFromImportJournalId ContactCreatedDateTimeOffset CustomerCreatedDateTimeOffset LastChangedDateTimeOffset
""")

PRODUCT = _blank("""
Id Code Name Description Gtin ProductType ProductGroupId ProductGroupCode UnitPrice UnitCost UnitOfMeasureCode IsStockItem StockOnHand
StockAvailable StockOnHandLastChangedDatetimeOffset IsArchived StandardSalesAccount StandardSalesAccountId
StandardSalesAccountAgricultureDepartment OptionalSalesAccount OptionalSalesAccountId OptionalSalesAccountAgricultureDepartment
CreatedFromImportJournalId CreatedDateTimeOffset LastChangedDateTimeOffset
""")

ORDER = _blank("""
Id SalesOrderNo SalesOrderStatus SalesOrderDate DeliveryDate CurrencyCode CurrencyExchangeRate CustomerId CustomerNo CustomerReference
CustomerReferenceContactPersonId PurchaseOrderReference ContractNo ImportedOrderNo ExternalImportReference CustomMatchingReference
ContactDeliveryAddressId DeliveryTermId DeliveryTerm PaymentTermId PaymentTerm BrandingThemeId BrandingThemeCode SalesPersonEmployeeId
SalesPersonEmployeeNumber DepartmentId DepartmentCode ProjectId ProjectCode LocationId LocationCode Dim1Id Dim1Code Dim2Id Dim2Code
Dim3Id Dim3Code RelatedInvoiceNo NetAmount TotalAmount LineCount IsCreatedByCurrentIntegration CreatedDateTimeOffset
LastChangedDateTimeOffset SalesOrderLines
""")

LINE = _blank("""
Id SalesOrderId LineType SortOrder ProductId ProductCode Description Quantity ProductUnitPrice ProductUnitCost Allowance
UnitOfMeasureCode UseStandardSalesAccount ExternalImportReference VatRate VatCode VatId NetAmount VatAmount TotalAmount
VatReturnSpecification Accrual DepartmentCode DepartmentId ProjectCode ProjectId LocationCode LocationId Dim1Code Dim1Id Dim2Code Dim2Id
Dim3Code Dim3Id SellersReferenceEmployeeId SellersReferenceEmployeeNo
""")

ACCOUNT = _blank("""
Id AccountNo Name GeneralLedgerAccountType IsActive CurrencyCode VatCode VatCodeId IsVatCodeLocked IsDepartmentRequired IsProjectRequired
DepartmentCode DepartmentId Unit1 Unit2 AgricultureDepartment VatReturnSpecification LastChangedDateTimeOffset
""")

VAT_CODE = _blank("""
Id Code Name Description Rate IsActive IsCustom ValidFrom ValidTo BaseVatCodeId VatBasisRatio VatBasisRatioValidFrom VatBasisRatios
""")

GROUP = _blank("""
Id Code Name Description ProductType UnitPrice UnitCost UnitOfMeasureCode StandardSalesAccount StandardSalesAccountId
StandardSalesAccountAgricultureDepartment OptionalSalesAccount OptionalSalesAccountId OptionalSalesAccountAgricultureDepartment
IsArchived CreatedFromImportJournalId CreatedDateTimeOffset LastChangedDateTimeOffset
""")
