"""The properties of a user that Graph gives of every person of a list, by name.

Graph answers 501 to a list that selects aboutMe, birthday, hireDate, interests,
mySite, pastProjects, preferredName, responsibilities, schools or skills, and has
deviceEnrollmentLimit for single people only: one such row would fail every run.
https://learn.microsoft.com/en-us/graph/api/user-list
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PROPERTIES: Final[Mapping[str, str]] = {
    "accountEnabled": "Account Enabled",
    "ageGroup": "Age Group",
    "businessPhones": "Business Phones",
    "city": "City",
    "companyName": "Company Name",
    "consentProvidedForMinor": "Consent Provided for Minor",
    "country": "Country",
    "createdDateTime": "Created",
    "creationType": "Creation Type",
    "department": "Department",
    "displayName": "Display Name",
    "employeeHireDate": "Employee Hire Date",
    "employeeId": "Employee ID",
    "employeeLeaveDateTime": "Employee Leave Date",
    "employeeType": "Employee Type",
    "externalUserState": "External User State",
    "externalUserStateChangeDateTime": "External User State Changed",
    "faxNumber": "Fax Number",
    "givenName": "First Name",
    "identityParentId": "Identity Parent ID",
    "imAddresses": "IM Addresses",
    "isManagementRestricted": "Management Restricted",
    "isResourceAccount": "Resource Account",
    "jobTitle": "Job Title",
    "lastPasswordChangeDateTime": "Last Password Change",
    "legalAgeGroupClassification": "Legal Age Group",
    "mail": "Mail",
    "mailNickname": "Mail Nickname",
    "mobilePhone": "Mobile Phone",
    "officeLocation": "Office Location",
    "onPremisesDistinguishedName": "On-Premises Distinguished Name",
    "onPremisesDomainName": "On-Premises Domain Name",
    "onPremisesImmutableId": "On-Premises Immutable ID",
    "onPremisesLastSyncDateTime": "On-Premises Last Sync",
    "onPremisesSamAccountName": "On-Premises SAM Account Name",
    "onPremisesSecurityIdentifier": "On-Premises Security Identifier",
    "onPremisesSyncEnabled": "On-Premises Sync Enabled",
    "onPremisesUserPrincipalName": "On-Premises User Principal Name",
    "otherMails": "Other Mails",
    "passwordPolicies": "Password Policies",
    "postalCode": "Postal Code",
    "preferredDataLocation": "Preferred Data Location",
    "preferredLanguage": "Preferred Language",
    "proxyAddresses": "Proxy Addresses",
    "securityIdentifier": "Security Identifier",
    "showInAddressList": "Show in Address List",
    "signInSessionsValidFromDateTime": "Sign-In Sessions Valid From",
    "state": "State",
    "streetAddress": "Street Address",
    "surname": "Surname",
    "usageLocation": "Usage Location",
    "userPrincipalName": "User Principal Name",
    "userType": "User Type",
}
"""The label under which people find it: the "Azure field"."""
