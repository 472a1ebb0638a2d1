package org.facetadapter.testbed;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Faults that only the server itself can make, such as a write that is committed and never answered. A rule is set
 * over HTTP, fires a number of times and is gone:
 *
 * <pre>
 * PUT /fault/NAME?match=REGEX&amp;act=ACT&amp;times=N   REGEX is searched in "METHOD /path?query"; times defaults to 1
 * GET /fault                                  the rules that are left, one a line: name, times, act, regex
 * GET /fault/NAME                             that rule; 404 once it has fired for the last time
 * DELETE /fault/NAME, DELETE /fault           takes back one rule, or all
 *
 * ACT: NNN       answer with that status, 400 to 599, without executing; 429 and 503 carry Retry-After: 1
 *      delay:MS  execute after MS milliseconds
 *      drop      execute and commit, then close the connection without an answer
 *      cut       close the connection at once, nothing is executed
 * </pre>
 *
 * <p>Where several rules match, the first by name fires. It is a valve, not a filter, because only here is the
 * connection still in reach.
 */
class FaultValve extends ValveBase {
  private static final Pattern ACT = Pattern.compile("[45]\\d\\d|delay:\\d{1,6}|drop|cut");

  private record Rule(Pattern match, String act, int times) {
    Rule onceLess() {
      return new Rule(match, act, times - 1);
    }

    String line(String name) {
      return name + "\t" + times + "\t" + act + "\t" + match + "\n";
    }
  }

  private final Map<String, Rule> rules = new TreeMap<>(); // guarded by itself

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    String path = request.getRequestURI();
    if (path.equals("/fault") || path.startsWith("/fault/")) {
      control(request, response, path.substring(Math.min(path.length(), "/fault/".length())));
      return;
    }
    String query = request.getQueryString();
    String act = take(request.getMethod() + " " + path + (query == null ? "" : "?" + query));
    if (act.isEmpty()) {
      getNext().invoke(request, response);
    } else if (act.startsWith("delay:")) {
      pause(Long.parseLong(act.substring("delay:".length())));
      getNext().invoke(request, response);
    } else if (act.equals("drop") || act.equals("cut")) {
      response.setSuspended(true); // whatever is written from here on goes nowhere
      if (act.equals("drop")) {
        getNext().invoke(request, response);
      }
      response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, new IOException("closed by a fault rule"));
    } else {
      answer(response, Integer.parseInt(act));
    }
  }

  /** What to do with this request; empty for nothing. One lock, so that "times" is exact under parallel requests. */
  private String take(String requestLine) {
    synchronized (rules) {
      for (Iterator<Map.Entry<String, Rule>> it = rules.entrySet().iterator(); it.hasNext(); ) {
        Map.Entry<String, Rule> entry = it.next();
        Rule rule = entry.getValue();
        if (!rule.match.matcher(requestLine).find()) {
          continue;
        }
        if (rule.times > 1) {
          entry.setValue(rule.onceLess());
        } else {
          it.remove();
        }
        return rule.act;
      }
    }
    return "";
  }

  private void control(Request request, Response response, String name) throws IOException {
    response.setContentType("text/plain");
    synchronized (rules) {
      switch (request.getMethod()) {
        case "PUT" -> put(request, response, name);
        case "DELETE" -> {
          if (name.isEmpty()) {
            rules.clear();
          } else {
            rules.remove(name);
          }
        }
        default -> list(response, name);
      }
    }
  }

  private void put(Request request, Response response, String name) throws IOException {
    String match = request.getParameter("match");
    String act = request.getParameter("act");
    String times = request.getParameter("times");
    // A rule that cannot fire would let a test pass for the wrong reason.
    if (name.isEmpty() || match == null || act == null || !ACT.matcher(act).matches()) {
      refuse(response, "expected PUT /fault/NAME?match=REGEX&act=NNN|delay:MS|drop|cut&times=N");
      return;
    }
    try {
      int n = times == null ? 1 : Integer.parseInt(times);
      if (n < 1) {
        refuse(response, "times is below 1");
        return;
      }
      rules.put(name, new Rule(Pattern.compile(match), act, n));
    } catch (PatternSyntaxException | NumberFormatException e) {
      refuse(response, e.getMessage());
    }
  }

  private void list(Response response, String name) throws IOException {
    if (name.isEmpty()) {
      for (Map.Entry<String, Rule> entry : rules.entrySet()) {
        response.getWriter().print(entry.getValue().line(entry.getKey()));
      }
    } else if (rules.containsKey(name)) {
      response.getWriter().print(rules.get(name).line(name));
    } else {
      response.setStatus(404);
      response.getWriter().println("no rule " + name);
    }
  }

  private static void answer(Response response, int status) throws IOException {
    response.setStatus(status);
    if (status == 429 || status == 503) {
      response.setHeader("Retry-After", "1");
    }
    response.setContentType("application/fhir+json;charset=UTF-8");
    response
        .getWriter()
        .print(
            """
            {"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"transient"}]}""");
  }

  private static void refuse(Response response, String why) throws IOException {
    response.setStatus(400);
    response.getWriter().println(why);
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
