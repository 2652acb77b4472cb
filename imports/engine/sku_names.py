"""What the more common products are called, by the id of their SKU.

Microsoft Graph tells part numbers only. This is a short list of our own, from what
products are called in public (January 2026); what is not in it is called by its part
number, and a name given at the desk stays. Ids, as part numbers are not unique.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NAMES: Final[Mapping[str, str]] = {
    "c52ea49f-fe5d-4e95-93ba-1de91d380f89": "Azure Information Protection Plan 1",
    "1e1a282c-9c54-43a2-9310-98ef728faace": "Dynamics 365 for Sales Enterprise Edition",
    "7ac9fe77-66b7-4e5e-9e46-10eed1cff547": "Dynamics 365 Team Members",
    "efccb6f7-5641-4e0e-bd10-b4976e1bf68e": "Enterprise Mobility + Security E3",
    "b05e124f-c7cc-45a0-a6aa-8cf78c946968": "Enterprise Mobility + Security E5",
    "4b9405b0-7788-4568-add1-99614e613b69": "Exchange Online (Plan 1)",
    "19ec0d23-8335-4cbd-94ac-6050e30712fa": "Exchange Online (Plan 2)",
    "80b2d799-d2ba-4d2a-8842-fb0d0f3a4b82": "Exchange Online Kiosk",
    "061f9ace-7d42-4136-88ac-31dc755f143f": "Intune",
    "cdd28e44-67e3-425e-be4c-737fab2899d3": "Microsoft 365 Apps for Business",
    "c2273bd0-dff7-4215-9ef5-2c7bcfb06425": "Microsoft 365 Apps for Enterprise",
    "0c266dff-15dd-4b49-8397-2bb16070ed52": "Microsoft 365 Audio Conferencing",
    "3b555118-da6a-4418-894f-7df1e2096870": "Microsoft 365 Business Basic",
    "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46": "Microsoft 365 Business Premium",
    "f245ecc8-75af-4f8e-b61f-27d8114de5f3": "Microsoft 365 Business Standard",
    "05e9a617-0261-4cee-bb44-138d3ef5d965": "Microsoft 365 E3",
    "06ebc4ee-1bb5-47dd-8120-11324bc54e06": "Microsoft 365 E5",
    "184efa21-98c3-4e5d-95ab-d07053a96e67": "Microsoft 365 E5 Compliance",
    "c42b9cae-ea4f-4ab7-9717-81576235ccac": (
        "Microsoft 365 E5 Developer (without Windows and Audio Conferencing)"
    ),
    "26124093-3d78-432b-b5dc-48bf992543d5": "Microsoft 365 E5 Security",
    "cd2925a3-5076-4233-8931-638a8c94f773": (
        "Microsoft 365 E5 without Audio Conferencing"
    ),
    "66b55226-6b4f-492c-910c-a3b7a3c9d993": "Microsoft 365 F3",
    "df845ce7-05f9-4894-b5f2-11bbfbcfd2b6": "Microsoft Cloud App Security",
    "639dec6b-bb19-468b-871c-c5c441c4b0cb": "Microsoft Copilot for Microsoft 365",
    "111046dd-295b-4d6d-9724-d52ac90bd1f2": "Microsoft Defender for Endpoint",
    "16a55f2f-ff35-4cd5-9146-fb784e3761a5": "Microsoft Defender for Endpoint P1",
    "b126b073-72db-4a9d-87a4-b17afe41d4ab": "Microsoft Defender for Endpoint P2_XPLAT",
    "509e8ab6-0274-4cda-bcbd-bd164fd562c4": "Microsoft Defender for Endpoint Server",
    "4ef96642-f096-40de-a3e9-d83fb2f90211": (
        "Microsoft Defender for Office 365 (Plan 1)"
    ),
    "3dd6cf57-d688-4eed-ba52-9e40b5468c3e": (
        "Microsoft Defender for Office 365 (Plan 2)"
    ),
    "d17b27af-3f49-4822-99f9-56a661538792": "Microsoft Dynamics CRM Online",
    "078d2b04-f1bd-4111-bbd4-b4b1b354cef4": "Microsoft Entra ID P1",
    "84a661c4-e949-4bd2-a560-ed7766fcaf2b": "Microsoft Entra ID P2",
    "a403ebcc-fae0-4ca2-8c8c-7a907fd6c235": "Microsoft Fabric (Free)",
    "5b631642-bd26-49fe-bd20-1daaa972ef80": "Microsoft Power Apps for Developer",
    "dcb1a3ae-b33f-4487-846a-a640262fadf4": "Microsoft Power Apps Plan 2 Trial",
    "f30db892-07e9-47e9-837c-80727f46fd3d": "Microsoft Power Automate Free",
    "1f2f344a-700d-42c9-9427-5cea1d5d7ba6": "Microsoft Stream",
    "3ab6abff-666f-4424-bfb7-f0bc274ec7bc": "Microsoft Teams Essentials (AAD Identity)",
    "710779e8-3d4a-4c88-adb9-386c958d1fdf": "Microsoft Teams Exploratory",
    "440eaaa8-b3e0-484b-a8be-62870b9ba70a": "Microsoft Teams Phone Resource Account",
    "e43b5b99-8dfb-405f-9987-dc307f34bcbd": "Microsoft Teams Phone Standard",
    "6af4b3d6-14bb-4a2a-960c-6c902aad34f3": "Microsoft Teams Rooms Basic",
    "4cde982a-ede4-4409-9ae6-b003453c8ea6": "Microsoft Teams Rooms Pro",
    "6070a4c8-34c6-4937-8dfb-39bbc6397a60": "Microsoft Teams Rooms Standard",
    "18181a46-0d4e-45cd-891e-60aabd171b4e": "Office 365 E1",
    "6fd2c87f-b296-42f0-b197-1e91e994b900": "Office 365 E3",
    "c7df2760-2c81-4ef7-b578-5b5392b571df": "Office 365 E5",
    "26d45bd9-adf1-46cd-a9e1-51e9a5524128": "Office 365 E5 Without Audio Conferencing",
    "99049c9c-6011-4908-bf17-15f496e6519d": "Office 365 Extra File Storage",
    "4b585984-651b-448a-9e53-3b10f069cf7f": "Office 365 F3",
    "53818b1b-4a27-454b-8896-0dba576410e6": "Planner and Project Plan 3",
    "beb6439c-caad-48d3-bf46-0c82871e12be": "Planner Plan 1",
    "b30411f5-fea1-4a59-9ad9-3db7c7ead579": "Power Apps Premium",
    "4a51bf65-409c-4a91-b845-1121b571cc9d": "Power Automate per user plan",
    "c1d032e0-5619-4761-9b5c-75b6831e1711": "Power BI Premium Per User",
    "f8a1db68-be16-40ed-86d5-cb42ce701560": "Power BI Pro",
    "09015f9f-377f-4538-bbb5-f75ceb09358a": "Project Online Premium",
    "8c4ce438-32a7-4ac5-91a6-e22ae08d9c8b": "Rights Management Adhoc",
    "1fc08a02-8b3d-43b9-831e-f76859e04e1a": "SharePoint Online (Plan 1)",
    "a9732ec9-17d9-494c-a51c-d6b45b384dcb": "SharePoint Online (Plan 2)",
    "d3b4fe1f-9992-4930-8acb-ca6ec609365e": (
        "Skype for Business PSTN Domestic and International Calling"
    ),
    "0dab259f-bf13-4952-b7f8-7db8f131b28d": "Skype for Business PSTN Domestic Calling",
    "4b244418-9658-4451-a2b8-b5e2b364e9bd": "Visio Plan 1",
    "c5928f49-12ba-48f7-ada3-0d743a3601d5": "Visio Plan 2",
    "6470687e-a428-4b7a-bef2-8a291ad947c9": "Windows Store for Business",
}
