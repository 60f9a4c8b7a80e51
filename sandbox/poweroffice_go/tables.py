"""The members of PowerOffice GO's objects, as its API v2 names and types them (OpenAPI documents of 2025).

``Name:type`` with a mark: ``!`` read only, ``+`` accepted in POST and read only after, ``-`` accepted in POST and never
served. ``text50`` holds 50 characters.
"""

CUSTOMER = """
Allowance:number BillableRate:number ContactCreatedDateTimeOffset:time! ContactGroupIds:integers CreatedFromImportJournalId:uuid!
CurrencyCode:text CustomerCreatedDateTimeOffset:time! CustomerSince:date DateOfBirth:date DeliveryTerm:text+ DeliveryTermId:integer
DepartmentCode:text+ DepartmentId:integer DoNotAddLatePaymentFees:boolean DoNotAddLatePaymentInterest:boolean
DoNotAutomatePaymentNotifications:boolean EmailAddress:text ExternalImportReference:text50 ExternalNumber:integer FirstName:text
Id:integer! InvoiceBrandingThemeCode:text+ InvoiceBrandingThemeId:integer InvoiceDeliveryType:InvoiceDeliveryType
InvoiceEmailAddress:text InvoiceEmailAddressCC:text2000 IsActive:boolean! IsArchived:boolean IsPerson:boolean IsVatFree:boolean
LastChangedDateTimeOffset:time! LastName:text LegalName:text MailAddress:address Name:text NationalIdNumber:text
NoticeOfDebtCollectionDeliveryType:ReminderDeliveryType Number:integer OrganizationNumber:text
PaymentReminderEmailAddress:text PaymentTerm:integer+ PaymentTermId:integer PhoneNumber:text
ReminderDeliveryType:ReminderDeliveryType SalesPersonEmployeeId:integer SalesPersonEmployeeNumber:integer+
SendPaymentReminders:boolean SubLedgerNumberSeriesId:uuid- SubledgerAccountId:integer! TransferToDebtCollectionAgency:boolean
UseInvoiceFee:boolean WebsiteUrl:text
"""

ADDRESS = """
AddressLine1:text200 AddressLine2:text200 City:text100 CountryCode:text ExternalCode:text50 Id:integer!
LastChangedDateTimeOffset:time! ZipCode:text50
"""

PRODUCT = """
Code:text100 CreatedDateTimeOffset:time! CreatedFromImportJournalId:uuid! Description:text Gtin:text Id:integer! IsArchived:boolean
IsStockItem:boolean LastChangedDateTimeOffset:time! Name:text400 OptionalSalesAccount:integer+
OptionalSalesAccountAgricultureDepartment:AgricultureDepartment OptionalSalesAccountId:integer ProductGroupCode:text+
ProductGroupId:integer ProductType:ProductType StandardSalesAccount:integer+
StandardSalesAccountAgricultureDepartment:AgricultureDepartment StandardSalesAccountId:integer StockAvailable:number!
StockOnHand:number StockOnHandLastChangedDatetimeOffset:time! UnitCost:number UnitOfMeasureCode:UnitOfMeasureType UnitPrice:number
"""

SALES_ORDER = """
BrandingThemeCode:text+ BrandingThemeId:integer ContactDeliveryAddressId:integer ContractNo:text CreatedDateTimeOffset:time!
CurrencyCode:text CurrencyExchangeRate:number CustomMatchingReference:text CustomerId:integer CustomerNo:integer+
CustomerReference:text CustomerReferenceContactPersonId:integer DeliveryDate:date DeliveryTerm:text+ DeliveryTermId:integer
DepartmentCode:text+ DepartmentId:integer Dim1Code:text+ Dim1Id:integer Dim2Code:text+ Dim2Id:integer Dim3Code:text+ Dim3Id:integer
ExternalImportReference:text Id:uuid! ImportedOrderNo:integer IsCreatedByCurrentIntegration:boolean! LastChangedDateTimeOffset:time!
LineCount:integer! LocationCode:text+ LocationId:integer NetAmount:number! PaymentTerm:integer+ PaymentTermId:integer
ProjectCode:text+ ProjectId:integer PurchaseOrderReference:text RelatedInvoiceNo:integer SalesOrderDate:date
SalesOrderLines:lines+ SalesOrderNo:integer! SalesOrderStatus:OrderStatus SalesPersonEmployeeId:integer
SalesPersonEmployeeNumber:integer+ TotalAmount:number!
"""

SALES_ORDER_LINE = """
Accrual:object Allowance:number DepartmentCode:text+ DepartmentId:integer Description:text Dim1Code:text+ Dim1Id:integer
Dim2Code:text+ Dim2Id:integer Dim3Code:text+ Dim3Id:integer ExternalImportReference:text Id:uuid! LineType:VoucherLineType
LocationCode:text+ LocationId:integer NetAmount:number! ProductCode:text+ ProductId:integer ProductUnitCost:number
ProductUnitPrice:number ProjectCode:text+ ProjectId:integer Quantity:number SalesOrderId:uuid! SellersReferenceEmployeeId:integer
SellersReferenceEmployeeNo:integer+ SortOrder:integer TotalAmount:number! UnitOfMeasureCode:UnitOfMeasureType
UseStandardSalesAccount:boolean VatAmount:number! VatCode:text! VatId:integer! VatRate:number!
VatReturnSpecification:VatReturnSpecification
"""

OUTGOING_INVOICE = """
Balance:number! BalanceLastChangedDateTimeOffset:time! BrandingThemeCode:text! BrandingThemeId:integer! Cid:text! ContractNo:text!
CreatedDateTimeOffset:time! CurrencyCode:text! CurrencyExchangeRate:number! CustomMatchingReference:text! CustomerId:integer!
CustomerNo:integer! CustomerReference:text! CustomerReferenceContactPersonId:integer! DeliveryAddress1:text! DeliveryAddress2:text!
DeliveryAddressCity:text! DeliveryAddressCountryCode:text! DeliveryAddressZipCode:text! DeliveryDate:date! DeliveryTerm:text!
DeliveryTermId:integer! DepartmentCode:text! DepartmentId:integer! Dim1Code:text! Dim1Id:integer! Dim2Code:text! Dim2Id:integer!
Dim3Code:text! Dim3Id:integer! DueDate:date! ExternalImportReference:text! Id:uuid! ImportedOrderNo:integer!
InvoiceDeliveryType:InvoiceDeliveryType! InvoiceNo:integer! IsCreatedByCurrentIntegration:boolean! IsReversed:boolean!
LastChangedDateTimeOffset:time! LocationCode:text! LocationId:integer! MatchId:integer! NetAmount:number! NetPostedAmount:number!
OrderDate:date! OrderNo:integer! PaymentTerm:integer! PaymentTermId:integer! ProjectCode:text! ProjectId:integer!
PurchaseOrderReference:text! RelatedInvoiceNo:integer! SellersReferenceEmployeeId:integer! SellersReferenceEmployeeNo:integer!
SentDateTimeOffset:time! TotalAmount:number! TotalPostedAmount:number! VoucherDate:date! VoucherNo:integer!
VoucherType:OutgoingInvoiceVoucherType!
"""

VAT_CODE = """
BaseVatCodeId:integer! Code:text! Description:text! Id:integer! IsActive:boolean! IsCustom:boolean! Name:text! Rate:number!
ValidFrom:date! ValidTo:date! VatBasisRatio:number! VatBasisRatioValidFrom:time! VatBasisRatios:object!
"""

CURRENCY = "Code:text! IsActive:boolean! Notation:text!"

ACCOUNT = """
AccountNo:integer! AgricultureDepartment:AgricultureDepartment! CurrencyCode:text! DepartmentCode:text! DepartmentId:integer!
GeneralLedgerAccountType:GeneralLedgerAccountType! Id:integer! IsActive:boolean! IsDepartmentRequired:boolean!
IsProjectRequired:boolean! IsVatCodeLocked:boolean! LastChangedDateTimeOffset:time! Name:text! Unit1:UnitOfMeasureType!
Unit2:UnitOfMeasureType! VatCode:text! VatCodeId:integer! VatReturnSpecification:VatReturnSpecification!
"""

PRODUCT_GROUP = """
Code:text200! CreatedDateTimeOffset:time! CreatedFromImportJournalId:uuid! Description:text! Id:integer! IsArchived:boolean!
LastChangedDateTimeOffset:time! Name:text400! OptionalSalesAccount:integer!
OptionalSalesAccountAgricultureDepartment:AgricultureDepartment! OptionalSalesAccountId:integer! ProductType:ProductType!
StandardSalesAccount:integer! StandardSalesAccountAgricultureDepartment:AgricultureDepartment! StandardSalesAccountId:integer!
UnitCost:number! UnitOfMeasureCode:UnitOfMeasureType! UnitPrice:number!
"""

ENUMS = {
    "AgricultureDepartment": "None Finance Farming Forestry FurAnimals OtherIndustries Private",
    "GeneralLedgerAccountType": "Asset Liability Equity Income Expense",
    "InvoiceDeliveryType": "PdfByEmail Print EHF AvtaleGiro External Efaktura Factoring",
    "OrderStatus": "Draft Confirmed",
    "OutgoingInvoiceVoucherType": "OutgoingInvoice OutgoingCreditNote",
    "ProductType": "Product Service",
    "ReminderDeliveryType": "PdfByEmail Print",
    "UnitOfMeasureType": (
        "BX MTR KMT KGM EA LTR HUR DAY MTK MTQ TNE MON ANN QAN NL XRO XBA XPL XPC PR XCI XBG SET XTY XOF FTK KWH MWH LBR CMT DMT LM"
        " XPK GRM HGM XFL XBE E54 MMT DAA H18 MLT HLT DLT AK XCR E14 MJ J57 XJG XCT XSA XTU WEE XCA XCN NAR M4 XVQ P1 MFU KMK LM3"
        " FOT FM3 E34 E35"
    ),
    "VatReturnSpecification": (
        "None Adjustment LossesOnClaims ReversalOfInputValueAddedTax Withdrawals AdjustmentVatCompensationRealProperty"
        " PurchasesEligibleForCompensation"
    ),
    "VoucherLineType": "Normal Text Summary InvoiceFee TotalHours",
}
