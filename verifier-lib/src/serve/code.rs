//! What the sidecar's own refusals are called.

identity_core::codes! {
    /// A stable code of the sidecar: in problem details, in its log and in its metrics.
    pub enum ServeCode {
        /// The address cannot be listened on.
        Address = "serve.address",
        /// The body did not arrive in time.
        BodyTimeout = "serve.body_timeout",
        /// The body is larger than this sidecar reads.
        BodyTooLarge = "serve.body_too_large",
        /// As many requests are being answered as may be at once.
        Busy = "serve.busy",
        /// As many connections are open as may be at once.
        Connections = "serve.connections",
        /// The body is compressed, or encoded in another way that is not read here.
        ContentEncoding = "serve.content_encoding",
        /// The body is not declared to be JSON.
        ContentType = "serve.content_type",
        /// The sidecar met a fault of its own.
        Fault = "serve.fault",
        /// The headers are larger than this sidecar reads.
        HeadersTooLarge = "serve.headers_too_large",
        /// The ledger of open requests could not be used, so nothing was decided.
        Ledger = "serve.ledger",
        /// The body is JSON of another shape than this route takes.
        Malformed = "serve.malformed",
        /// The route exists, and not for this method.
        Method = "serve.method",
        /// The route needs --anchor, and this sidecar was started without one.
        NotOffered = "serve.not_offered",
        /// The request comes from a page in a browser: none may ask, or any website could in the user's name.
        Origin = "serve.origin",
        /// The sidecar would speak plain HTTP to other machines, and was not told to.
        PlainHttp = "serve.plain_http",
        /// There is no such route.
        Route = "serve.route",
        /// The connection was closed because nothing whole arrived on it in time.
        SlowClient = "serve.slow_client",
        /// The answer was not ready in time.
        Timeout = "serve.timeout",
        /// The certificate or its key cannot be used.
        Tls = "serve.tls",
    }
}

#[cfg(test)]
mod tests {
    use super::ServeCode;

    #[test]
    fn codes_are_in_order_and_said_once() {
        let texts: Vec<_> = ServeCode::ALL.iter().map(|code| code.as_str()).collect();
        assert!(texts.windows(2).all(|pair| pair[0] < pair[1]), "{texts:?}");
    }
}
