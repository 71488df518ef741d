//! mandate-issuer: roster, enrolment, issuance, status, publication and audit for a secretariat.
