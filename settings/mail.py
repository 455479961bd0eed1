"""The settings of mail: the operator's address and the provider's token."""

from email.utils import parseaddr

from kit.environment import EnvironmentSettings
from settings.values import Mailbox, Token


class OperatorSettings(EnvironmentSettings):
    operator_email: Mailbox | None = None

    def operator_address(self) -> str | None:
        return None if self.operator_email is None else parseaddr(self.operator_email)[1]


class MailSettings(EnvironmentSettings):
    postmark_token: Token | None = None
