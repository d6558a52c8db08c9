//! Microsoft Entra ID access tokens for unattended programs.
