//! Asks the router without a network, as somebody who is signed in.
use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use lazaret::{desk::Desk, http::AppState};
use std::net::SocketAddr;
use tower::ServiceExt as _;

pub(crate) struct Browser {
    router: Router,
    cookie: String,
}

#[allow(dead_code, reason = "the customer does not sign in")]
impl Browser {
    /// Nobody.
    pub(crate) fn new(desk: Desk) -> Self {
        Self { router: lazaret::http::router(AppState::new(desk)), cookie: String::new() }
    }

    /// A person of the demo.
    pub(crate) async fn signed_in(desk: Desk, email: &str) -> Self {
        let mut browser = Self::new(desk);
        let form = format!("email={}&password=lazaret-demo", email.replace('@', "%40"));
        let request = Request::post("/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let response = browser.ask(request, Body::from(form)).await;
        let cookie = response.headers().get(header::SET_COOKIE).expect("a session").to_str().unwrap().to_owned();
        browser.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        browser
    }

    async fn ask(&self, request: axum::http::request::Builder, body: Body) -> axum::response::Response {
        let from: SocketAddr = "127.0.0.1:1".parse().unwrap();
        let request = request.header(header::HOST, "desk.example").header(header::COOKIE, &self.cookie);
        let request: Request<Body> = request.extension(ConnectInfo(from)).body(body).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The page's bytes as they would go over the wire; `encoding` such as `br`.
    pub(crate) async fn get_as(&self, path: &str, encoding: &str) -> Bytes {
        let request = Request::get(path).header(header::ACCEPT_ENCODING, encoding);
        let response = self.ask(request, Body::empty()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap()
    }

    /// The page.
    pub(crate) async fn get(&self, path: &str) -> Bytes {
        self.get_as(path, "identity").await
    }
}
