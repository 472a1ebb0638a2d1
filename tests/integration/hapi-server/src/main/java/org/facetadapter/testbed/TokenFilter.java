package org.facetadapter.testbed;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Demands one static bearer token on /fhir, except for the CapabilityStatement, which servers leave open. */
class TokenFilter extends HttpFilter {
  private final String expected;

  TokenFilter(String token) {
    expected = "Bearer " + token;
  }

  @Override
  protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String given = request.getHeader("Authorization");
    if (request.getRequestURI().equals("/fhir/metadata") || expected.equals(given)) {
      chain.doFilter(request, response);
      return;
    }
    response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
    response.setHeader("WWW-Authenticate", given == null ? "Bearer" : "Bearer error=\"invalid_token\"");
    response.setContentType("application/fhir+json;charset=UTF-8");
    response
        .getWriter()
        .print(
            """
            {"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"login"}]}""");
  }
}
