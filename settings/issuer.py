"""The setting that names the issuer of tokens and answers."""

from kit.environment import EnvironmentSettings


class IssuerSettings(EnvironmentSettings):
    license_issuer: str = "mintpost"
