"""Bytes that are zeroed."""

from typing import Any, NoReturn, Self


class SecretBytes(bytearray):
    """A secret in one place of memory, which is zeroed at the end of a `with` block, by `wipe`, and when it is collected.

    >>> from sip_password import HUAWEI
    >>> with HUAWEI.generate_bytes() as password:
    ...     HUAWEI.is_compliant(password)
    True
    >>> password == bytes(16)
    True
    >>> password
    SecretBytes(redacted)

    A copy, by `bytes(password)` or `password.decode()`, is one that nobody zeroes.
    """

    __slots__ = ()
    __hash__ = None

    def wipe(self) -> None:
        """Zeroes every byte. The length does not change."""
        self[:] = bytes(len(self))

    def copy(self) -> Self:
        """A copy, which is zeroed like this one."""
        return type(self)(self)

    def clear(self) -> None:
        """Zeroes every byte, and leaves none."""
        self.wipe()
        super().clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def __del__(self) -> None:
        self.wipe()

    def __repr__(self) -> str:
        return "SecretBytes(redacted)"

    def __str__(self) -> str:
        return "SecretBytes(redacted)"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    # The errors of the numbers have the digits that they could not read.
    def __int__(self) -> NoReturn:
        raise TypeError("expected a number, found SecretBytes")

    def __float__(self) -> NoReturn:
        raise TypeError("expected a number, found SecretBytes")

    def __reduce__(self) -> NoReturn:
        self.__reduce_ex__(2)

    def __reduce_ex__(self, _: Any) -> NoReturn:
        raise TypeError("expected no pickle of a secret: it would be a copy that nobody zeroes")
