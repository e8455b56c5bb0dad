import { describe, expect, it } from "vitest";
import { NO_TRIGGERS, readTriggers } from "../../../../adapters/jenkins/config-xml.ts";
import { corpusText } from "./corpus.ts";

const timer = (spec: string) =>
  `<hudson.triggers.TimerTrigger>\n  <spec>${spec}</spec>\n</hudson.triggers.TimerTrigger>`;
const project = (inner: string) => `<?xml version='1.1' encoding='UTF-8'?>\n<project>${inner}</project>`;

describe("the triggers in a config.xml", () => {
  it("are those of a freestyle job and of a pipeline", () => {
    const triggers = `<triggers>${timer("# nightly\nH 2 * * 1-5")}</triggers>`;
    expect(readTriggers(project(triggers))?.timer).toBe("# nightly\nH 2 * * 1-5");
    const property = "org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty";
    expect(readTriggers(project(`<properties><${property}>${triggers}</${property}></properties>`))?.timer).toContain(
      "H 2",
    );
  });

  it("are decoded, and taken from no script and no comment", () => {
    expect(readTriggers(project(timer("H * * * *  # a &amp; b &lt; c &#x41;&#66;")))?.timer).toBe(
      "H * * * *  # a & b < c AB",
    );
    const hidden = `<script><![CDATA[${timer("1 1 1 1 1")}]]></script><!-- ${timer("2 2 2 2 2")} -->`;
    expect(readTriggers(project(hidden))).toEqual(NO_TRIGGERS);
  });

  it("are not those that poll for changes", () => {
    const polling = "<hudson.triggers.SCMTrigger><spec>H/5 * * * *</spec></hudson.triggers.SCMTrigger>";
    expect(readTriggers(project(polling))?.timer).toBeNull();
  });

  it("tell after which jobs, and a plugin's own schedule", () => {
    const reverse =
      "<jenkins.triggers.ReverseBuildTrigger><spec/><upstreamProjects>a, ../b/c ,</upstreamProjects></jenkins.triggers.ReverseBuildTrigger>";
    expect(readTriggers(project(reverse))?.upstream).toEqual(["a", "../b/c"]);
    const kind = "org.jenkinsci.plugins.parameterizedscheduler.ParameterizedTimerTrigger";
    const foreign = `<${kind}><parameterizedSpecification>H * * * * %date=x</parameterizedSpecification></${kind}>`;
    expect(readTriggers(project(foreign))).toMatchObject({ timer: null, foreignTimer: "H * * * * %date=x" });
  });

  it.each([
    [`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><project>${timer("&e;")}</project>`, "a DTD"],
    [`<project>${timer("1")}`, "an end that is missing"],
    ["<a></b>", "ends that do not match"],
    [`${"<a>".repeat(300)}${"</a>".repeat(300)}`, "a depth nobody writes"],
  ])("are unknown for %#: %j", (xml) => {
    expect(readTriggers(xml)).toBeNull();
  });

  it("leave an entity that is none of XML's own as it stands", () => {
    expect(readTriggers(project(timer("&e; &lol9;")))?.timer).toBe("&e; &lol9;");
  });

  it.each([
    "jenkins-rest-freestyle-project.xml",
    "jenkins-rest-freestyle-project-sleep-task-multiple-params.xml",
    "jenkins-rest-folder-config.xml",
  ])("are none in %s, which nobody here wrote", (file) => {
    expect(readTriggers(corpusText(file))).toEqual(NO_TRIGGERS);
  });

  it("are read in time that grows with the file", () => {
    const long = project(`<description>${"x &lt; ".repeat(100_000)}</description>${timer("5 5 * * *")}`);
    const began = performance.now();
    expect(readTriggers(long)?.timer).toBe("5 5 * * *");
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
