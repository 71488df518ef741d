//! The data model, the credential types a secretariat issues, and issuance from draft to issued.
