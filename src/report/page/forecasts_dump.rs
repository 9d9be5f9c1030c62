use super::forecasts::forecast_section;
use crate::report::forecasts::{AskedForecasts, ForecastFile};
#[test]
fn zz_dump() {
    let file = ForecastFile {
        path: "/tmp/rp/counts.csv".into(),
        regimen: Some("3 mg qd x7".to_owned()),
        instead: "",
    };
    let asked = AskedForecasts::of(&file, None).unwrap();
    let (section, figures) = forecast_section(&asked, &|_, _| {}).unwrap();
    let all = include_str!("report.html");
    let (head, rest) = all.split_once("<a class=\"skip\"").unwrap();
    let macros = head.split_once("<body>").unwrap().1;
    let part = rest
        .split_once("{% if forecasts %}<section")
        .unwrap()
        .1
        .split_once("{% endif %}<section id=\"comparison\"")
        .unwrap()
        .0;
    let text = format!("{macros}@@@{{% if forecasts %}}<section{part}{{% endif %}}");
    let mut env = minijinja::Environment::new();
    env.add_template("report.html", &text).unwrap();
    let context = serde_json::json!({ "forecasts": serde_json::to_value(&section).unwrap(), "asked": super::Asked::new(), "figures": super::by_name(&figures) });
    let page =
        env.get_template("report.html").unwrap().render(minijinja::value::Serde(context)).unwrap();
    std::fs::write("/tmp/rp/fragment.html", page.split_once("@@@").unwrap().1).unwrap();
}
