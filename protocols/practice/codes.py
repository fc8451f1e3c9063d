"""NPID's codes for why a request is rejected (protocol page, section 6). M7 has no such field."""

from typing import Final, Literal, get_args

Code = Literal[
    "Unknown",
    "MissingRequiredField",
    "IllegalField",
    "FieldOutOfRange",
    "FieldFormatInvalid",
    "ItemNotFound",
    "ItemPending",
    "AccessModeViolation",
    "ThirdParty",
    "InvalidArea",
    "ParsingError",
    "RequestOverThrottling",
    "InternalServerError",
    "ConcurrentUpdate",
]
ALL: tuple[Code, ...] = get_args(Code)

UNKNOWN: Final = "Unknown"
MISSING: Final = "MissingRequiredField"
ILLEGAL: Final = "IllegalField"
OUT_OF_RANGE: Final = "FieldOutOfRange"
BAD_FORMAT: Final = "FieldFormatInvalid"
NOT_FOUND: Final = "ItemNotFound"
ITEM_PENDING: Final = "ItemPending"
NOT_ALLOWED: Final = "AccessModeViolation"
INVALID_AREA: Final = "InvalidArea"
PARSING: Final = "ParsingError"
THROTTLED: Final = "RequestOverThrottling"
INTERNAL: Final = "InternalServerError"
CONCURRENT: Final = "ConcurrentUpdate"
