"""Invented names: what people show, and how that is spelt in an address.

Every table has a length that is a power of two: people.py cuts bits out of one number.
"""

from __future__ import annotations

# (as shown, as in an address). Non-Latin, right-to-left and combining ones are meant.
GIVEN: tuple[tuple[str, str], ...] = (
    ("Ada", "ada"), ("Alwin", "alwin"), ("Anouk", "anouk"), ("Arlo", "arlo"),
    ("Åse", "ase"), ("Beatrix", "beatrix"), ("Bram", "bram"), ("Brónagh", "bronagh"),
    ("Callum", "callum"), ("Ceri", "ceri"), ("Chidi", "chidi"), ("Dafydd", "dafydd"),
    ("Дмитрий", "dmitri"), ("Edith", "edith"), ("Eilidh", "eilidh"), ("Elif", "elif"),
    ("E\u0301loi\u0308se", "eloise"), ("Emeka", "emeka"), ("Farah", "farah"),
    ("فاطمة", "fatima"), ("Fergus", "fergus"), ("Freya", "freya"), ("Giulia", "giulia"),
    ("Greta", "greta"), ("Hamish", "hamish"), ("Hanneke", "hanneke"), ("Ida", "ida"),
    ("Imogen", "imogen"), ("Ingrid", "ingrid"), ("Isla", "isla"), ("Jonas", "jonas"),
    ("Juno", "juno"), ("Kaia", "kaia"), ("Keir", "keir"), ("Łukasz", "lukasz"),
    ("Leonie", "leonie"), ("李娜", "lina"), ("Maeve", "maeve"), ("Malik", "malik"),
    ("Marit", "marit"), ("מרים", "miriam"), ("Morag", "morag"), ("Nadia", "nadia"),
    ("Nia", "nia"), ("Niamh", "niamh"), ("Nikolaos", "nikolaos"), ("Odette", "odette"),
    ("Oisín", "oisin"), ("Owain", "owain"), ("Petra", "petra"), ("Priya", "priya"),
    ("Quentin", "quentin"), ("Rhys", "rhys"), ("Rosalind", "rosalind"),
    ("Saoirse", "saoirse"), ("Søren", "soren"), ("太郎", "taro"), ("Tamsin", "tamsin"),
    ("Thandiwe", "thandiwe"), ("Ulla", "ulla"), ("Verity", "verity"), ("Wren", "wren"),
    ("Yusuf", "yusuf"), ("Zoë", "zoe"),
)  # fmt: skip

SURNAME: tuple[tuple[str, str], ...] = (
    ("Abernathy", "abernathy"), ("Adeyemi", "adeyemi"), ("Ainsworth", "ainsworth"),
    ("Al-Hariri", "al-hariri"), ("Arkwright", "arkwright"), ("Balogun", "balogun"),
    ("Barrowclough", "barrowclough"), ("Birtwistle", "birtwistle"),
    ("Brâncuși", "brancusi"),
    ("Carrick", "carrick"), ("Chaudhry", "chaudhry"), ("Cleary", "cleary"),
    ("D'Angelo", "dangelo"), ("Dalgleish", "dalgleish"), ("de Wit", "dewit"),
    ("Eastwick", "eastwick"), ("Ellwood", "ellwood"), ("Farnham", "farnham"),
    ("Fairclough", "fairclough"), ("Ferreira", "ferreira"), ("Gallagher", "gallagher"),
    ("Garside", "garside"), ("Γεωργίου", "georgiou"), ("Grünwald", "gruenwald"),
    ("Hale", "hale"), ("Hawthorne", "hawthorne"), ("Holroyd", "holroyd"),
    ("Ibsen-Clarke", "ibsen-clarke"), ("Ivanović", "ivanovic"), ("Jagger", "jagger"),
    ("Jørgensen", "jorgensen"), ("Kaur", "kaur"), ("Kendrick", "kendrick"),
    ("Kowalczyk", "kowalczyk"), ("Larkin", "larkin"), ("Lindqvist", "lindqvist"),
    ("Lockwood", "lockwood"), ("MacAskill", "macaskill"), ("Marchetti", "marchetti"),
    ("Mbeki", "mbeki"), ("Nakamura", "nakamura"), ("Nguyễn", "nguyen"),
    ("Norgaard", "norgaard"), ("O'Brien", "obrien"), ("O’Shea", "oshea"),
    ("Oyelaran", "oyelaran"), ("Pemberton", "pemberton"), ("Petrov", "petrov"),
    ("Quigley", "quigley"), ("Ramsbottom", "ramsbottom"), ("Rasmussen", "rasmussen"),
    ("Sahin", "sahin"), ("Şimşek", "simsek"), ("Stonehouse", "stonehouse"),
    ("Tattersall", "tattersall"), ("Thistlewood", "thistlewood"),
    ("Ustinov", "ustinov"),
    ("van der Berg", "vanderberg"), ("Varga", "varga"), ("Wainwright", "wainwright"),
    ("Whitlock", "whitlock"), ("Yılmaz", "yilmaz"), ("Zając", "zajac"),
    ("Zhou", "zhou"),
)  # fmt: skip

DEPARTMENT = (
    "Sales", "Finance", "Engineering", "Human Resources",
    "Operations", "Contractors", "Marketing", "Customer Care",
)  # fmt: skip

JOB = (
    "Account Executive", "Analyst", "Engineer", "Team Lead",
    "Coordinator", "Consultant", "Director", "Specialist",
)  # fmt: skip

# officeLocation, city: a blank office happens for some.
OFFICE: tuple[tuple[str | None, str | None], ...] = (
    ("London", "London"), ("London", "London"), ("London", "London"),
    ("Leeds", "Leeds"), ("Leeds", "Leeds"),
    ("Bristol", "Bristol"), ("Edinburgh", "Edinburgh"), (None, None),
)  # fmt: skip

HOME_DOMAIN = (
    "partner.example", "supplier.example", "litware.example", "northwind.example",
)  # fmt: skip
